"""Pages of a published badge.

In reading order:

* `badges`: the badge itself; copy, archive and restore it
* `issue`: issue it by e-mail
* `awards`: its awards; revoke and mail them again
* `codes`: its claim codes
"""
