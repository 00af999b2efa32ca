"""What each page of the site says, as worded values for its template: one module a kind of page.

Each function takes the `SiteView` of a state in one language and returns the template's context.
"""
