"""What each page of the site says, as worded values for its template: one module a kind of page."""
