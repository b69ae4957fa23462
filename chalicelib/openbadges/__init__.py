"""Open Badges documents, and baking them into images.

links          Public URLs of everything that Open Badges documents refer to
brands         The names and logos that pages and emails show
markdown       Plain text as Markdown that shows it as it was typed
v1             Open Badges 1.0 documents, as badgekit-api served them
v2             Open Badges 2.0 documents: rows in, JSON-LD out
default_image  The image of badges that have none
baking         Baking: embeds an assertion in a PNG file (Open Badges Baking Specification 2.0)
"""
