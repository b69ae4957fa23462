"""What all pages of the admin UI share.

guard           The route guard: session, CSRF token, permission
lookup          Resolvers, which load what a path names
notices         What a page says after an action
responses       Pages and redirects
confirm         Questions before something is deleted
settings_paths  Where the settings of a place are
badge_list      Pages of a badge, and of the lists below it
csv_files       Lists as CSV files
"""
