"""Where things are: tract codes and their vintages, areas, points, borders, distances, rasters of people.

Coordinates are EPSG:4326 degrees unless a name says otherwise. Does not hold travel (see `geodata.travel`).
"""
