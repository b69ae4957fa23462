"""The BadgeKit API over HTTP, compatible with badgekit-api 0.2.22.

routes          All paths and methods, and their views
auth            Who may call the API
bodies          Bodies in JSON and as forms, and images in them
lists           Pages and filters of lists
systems         Views of systems, issuers and programs
badges          Views of badges and claim codes
applications    Views of applications and reviews
instances       Views of badge instances, which are awards
milestones      Views of milestones
integrations    Views of webhooks and consumers
users           The user API of BadgeKit's web app
operations      What each route does, takes and answers
patterns        What the checks of texts accept, as patterns of JSON Schema
schemas         JSON Schemas of bodies
answer_schemas  JSON Schemas of responses
examples        Examples of bodies
openapi         The OpenAPI document made of these, and the page that shows it
"""
