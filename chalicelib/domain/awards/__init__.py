"""Awards, and what creates several of them at once: milestones and batches.

validity      When an award is valid: its status at a moment, and which periods are refused
awards        Awards: who has which badge
mirrored      Awards of another BadgeKit API
adoption      Takes over awards that approved reviews led to, for sites that award badges themselves
lookup        Award lookup: by badge and by email address
milestones    Milestones: a badge awarded, or applied for, when enough other badges have been earned
recipients    Recipients parser: reads a pasted list of email addresses and classifies its entries
bulk_issue    Batches: one badge issued to many addresses at once, with the progress of each
earner_mails  Emails to earners as jobs, and those that another deployment sends
award_list    The awards of a badge for its page
"""
