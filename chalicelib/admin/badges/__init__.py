"""Pages of a published badge.

badges  The badge itself; copy, archive and restore it
issue   Issue it by e-mail
awards  Its awards; revoke and mail them again
codes   Its claim codes
"""
