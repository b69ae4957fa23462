"""What several rooms of the domain need.

email_addresses  What an address is, and when two are the same
validation       Checks of what clients send
origins          What awards result from
digests          Digests of what a form showed, to notice that it changed
slugs            How slugs are made
pagination       Pages of lists, and their sizes
"""
