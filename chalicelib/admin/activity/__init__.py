"""What happened, for publishers too, and operators' pages: webhook deliveries and dead letters.

wording       Labels of events, jobs and states, and the color of each state
activity      The Activity page: events, the jobs they led to, and what needs attention
deliveries    The webhook delivery log: what was sent to each system, the result
dead_letters  The dead-letters page: messages that workers could not process, and redriving them
"""
