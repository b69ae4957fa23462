"""What several rooms of the domain need.

In reading order:

* `email_addresses`: what an address is, and when two are the same
* `validation`: checks of what clients send
* `slugs`: how slugs are made
* `pagination`: pages of lists, and their sizes
"""
