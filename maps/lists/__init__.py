"""Ranked lists, and a table for every marker layer, in each form people ask for."""

from maps.lists.html_table import html_table
from maps.lists.list_specs import LISTS
from maps.lists.list_tables import ListTable, list_table
from maps.lists.write_lists import list_files, write_lists, write_nation_lists

__all__ = ["LISTS", "ListTable", "html_table", "list_files", "list_table", "write_lists", "write_nation_lists"]
