"""The criteria page of a deleted badge, whose slug another badge had taken, is built from its id.

Migration 0005 kept the address as text, as it named the other badge, whose criteria it showed.
"""

import re
from urllib.parse import unquote

from chalicelib import config

ROWS = 500  # read at a time
CRITERIA = re.compile(r"/system/([^/]+)/badge/([^/?#]+)/criteria")
OF_DELETED = re.compile(r"(.*)-[0-9a-f]{32}", re.DOTALL)
KEPT = 200  # characters of the slug that it had: see `domain/shared/slugs.py`


def up(migrator, db):
    last = 0
    sql = (
        f"SELECT id, slug, criteria_url FROM badge WHERE id > {db.param} AND deleted IS NOT NULL "
        f"AND criteria_url LIKE {db.param} ORDER BY id LIMIT {ROWS}"
    )
    while rows := db.execute_sql(sql, (last, "%/criteria")).fetchall():
        for number, slug, url in rows:
            if named_itself(slug, url):
                update = f"UPDATE badge SET criteria_url = '' WHERE id = {db.param}"
                db.execute_sql(update, (number,))
        last = rows[-1][0]


def named_itself(slug, url):
    """Return whether the address of a deleted badge's criteria has the slug that the badge had."""
    before = OF_DELETED.fullmatch(slug)
    page = CRITERIA.fullmatch(config.settings().own_path(url) or "")
    return before and page and unquote(page[2])[:KEPT].lower() == before[1].lower()
