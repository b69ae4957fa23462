"""Reviews of applications.

reviews   Reviews: a reviewer's assessment of an application, and whether it approves it
workflow  Review workflow: assignment, submission, awarding, and the state of applications
"""
