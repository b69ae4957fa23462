"""Settings of systems, issuers and programs.

place_switcher  The place to work in
owner_form      The form of a profile
owners          Profiles; create and delete places
wording         Permissions in words
invitations     Emails to users about their permissions
users           Users and their permissions
integrations    API keys and the webhook
emails          The emails that earners get
"""
