"""Signing in, sessions and permissions.

keys           Key derivation: one key for each purpose, all from `COOKIE_SECRET`
cookies        The admin UI's two cookies: `session` (signed in) and `browser` (about to sign in)
allow_list     Administrators' allow list: regular expressions that match a whole email address
permissions    Who may do what, and where: the one place that decides
session        Sessions: who is signed in, and the place they work in
csrf           CSRF protection: each form carries a token derived from its reader's cookie
return_to      Return-to: the page that was requested before signing in, kept in a cookie
sign_in_links  One-time sign-in links: valid for fifteen minutes, once, in one browser
mails          The sign-in mail
workplace      The current place (system, issuer or program) that a person works in
views          Sign-in and sign-out pages, and static files
"""
