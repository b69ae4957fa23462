"""The BadgeKit API over HTTP, compatible with badgekit-api 0.2.22.

In reading order:

* `routes`: all paths and methods, and their views
* `auth`: who may call the API
* `bodies`: bodies in JSON and as forms, and images in them
* `lists`: pages and filters of lists
* `systems`, `badges`, `applications`, `instances`, `milestones`, `integrations`: the views
* `users`: the user API of BadgeKit's web app
* `operations`: what each route does, takes and answers
* `schemas`, `examples`: the shapes of bodies and answers
* `openapi`: the OpenAPI document made of these, and the page that shows it
"""
