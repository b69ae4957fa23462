"""Pages of a published badge.

award_status  Labels of the status of an award, and the color of each
badges        The badge itself; copy, archive and restore it
issue         Issue it by e-mail
awards        Its awards; revoke and mail them again
codes         Its claim codes
"""
