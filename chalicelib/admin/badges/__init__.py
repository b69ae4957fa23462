"""Pages of a published badge.

award_status  Labels of the status of an award, and the color of each
badges        The badge itself; copy, archive and restore it
issue         Issue it by e-mail
award_files   Awards as CSV files
awards        Its awards; revoke and mail them again
place_awards  The awards of all badges in the current place
codes         Its claim codes
"""
