"""Settings of systems, issuers and programs.

In reading order:

* `paths`: where the settings of a place are
* `place_switcher`: the place to work in
* `owner_form`: the form of a profile
* `owners`: profiles; create and delete places
* `users`: users and their permissions
* `integrations`: API keys and the webhook
"""
