"""Signing in, sessions and permissions.

keys            Key derivation: one key per purpose, from `COOKIE_SECRET`
cookies         The admin UI's cookies: those of signing in, and what one browser remembers
allow_list      Administrators' allow list: regular expressions that match a whole email address
permissions     Permissions: the only module that decides who can do what, and where
session         Sessions: who is signed in, and their current place
csrf            CSRF protection: each form carries a token derived from its user's cookie
return_to       Return-to: the page that was requested before signing in, kept in a cookie
known_browsers  Known browsers: those in which an address has signed in before
sign_in_limits  How many sign-in links an address gets, and which one gives way
sign_in_links   One-time sign-in links: valid for fifteen minutes, once, in one browser
mails           The emails to users: with a sign-in link, and invitations
workplace       The current place (system, issuer or program) of a user
views           Sign-in and sign-out pages, and static files
"""
