"""HTTP for all routes: requests, forms, routing, responses and templates.

urls         URL paths of this deployment
negotiation  What a client wants to read: a page or a document (content negotiation)
request      HTTP requests as API Gateway sends them, with limits on what is read
form_parser  Parses form bodies (URL-encoded and multipart) into what the same body in JSON would be
form         Forms of our own pages, read as texts, flags, rows and files
assets       Static files (`static/`): read once, with a URL that changes when the content does
templates    Renders templates, and the error page
emails       Emails: made from templates, as text and as HTML
responses    Responses: JSON, pages, redirects and errors, and the headers that all of them have
cors         CORS: scripts of other sites may read what is public, errors included
routing      Routes: blueprints whose views read `request()` and raise `BadgeKitError`s
application  The application: Chalice, with routing that is compatible with badgekit-api
"""
