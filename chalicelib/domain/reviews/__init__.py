"""Reviews of applications.

reviews   Reviews: what a reviewer says about an application, and whether that approves it
workflow  Review workflow: assignments, and what became of an application
"""
