"""HTTP for all routes: requests, forms, routing, responses and templates.

urls         Paths and addresses of this deployment
request      An HTTP request as API Gateway passes it on, read within bounds
form_parser  Parses form bodies (URL-encoded and multipart) into what the same body in JSON would be
form         Forms sent by our own pages, read as texts, flags, rows and files
assets       Static files (`static/`): read once, with a URL that changes when the content does
templates    Renders templates, and the error page
responses    Responses: JSON, pages, redirects and errors, and the headers that all of them carry
routing      Routes: blueprints whose views read `request()` and raise `BadgeKitError`s
application  The application: Chalice, with routing that clients of the old API can live with
"""
