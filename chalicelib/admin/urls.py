"""The guarded routes of the admin UI: path, method, view, permission and kind of resource."""

from __future__ import annotations

from chalicelib.admin.auth.permissions import Permission, required
from chalicelib.admin.shell.guard import Route
from chalicelib.domain.owners.reserved import Act
from chalicelib.limits import PICTURE_FORM

ENTER, DRAFT, PUBLISH, REVIEW, AWARD = (
    Permission.ENTER, Permission.DRAFT, Permission.PUBLISH, Permission.REVIEW, Permission.AWARD,
)  # fmt: skip
ADMINISTER, OPERATE = Permission.ADMINISTER, Permission.OPERATE
CREATE_SYSTEM = required(Act.CREATE, "system")
LIST = 1024 * 1024  # bytes of a form with thousands of addresses

ROUTES: dict[str, dict[str, Route]] = {
    # After signing in
    "/home": {"GET": Route("start:land", ENTER, "deployment")},
    "/start": {
        "GET": Route("start:show", ENTER, "deployment"),
        "POST": Route("start:dismiss", ENTER, "deployment"),
    },
    "/start/badge": {"POST": Route("start:draft_badge", DRAFT)},
    # The current place and the directory
    "/context": {
        "GET": Route("settings.place_switcher:choose", ENTER, "deployment"),
        "POST": Route("settings.place_switcher:work_in", ENTER, "deployment"),
    },
    "/directory": {"GET": Route("drafts.directory:show", ENTER)},
    # Drafts and templates
    "/drafts": {"POST": Route("drafts.drafts:create", DRAFT)},
    "/drafts/{draft}": {"GET": Route("drafts.drafts:show", ENTER, "draft")},
    "/drafts/{draft}/edit/{section}": {
        "GET": Route("drafts.editor:show", DRAFT, "draft"),
        "POST": Route("drafts.editor:save", DRAFT, "draft", PICTURE_FORM),
    },
    "/drafts/{draft}/studio": {
        "GET": Route("drafts.studio:show", DRAFT, "draft"),
        "POST": Route("drafts.studio:submit", DRAFT, "draft"),
    },
    "/studio/graphics": {"GET": Route("drafts.studio:find", DRAFT)},
    "/drafts/{draft}/publish": {
        "GET": Route("drafts.drafts:confirm_publish", PUBLISH, "draft"),
        "POST": Route("drafts.drafts:publish", PUBLISH, "draft"),
    },
    "/drafts/{draft}/template": {"POST": Route("drafts.drafts:save_as_template", DRAFT, "draft")},
    "/drafts/{draft}/use": {"POST": Route("drafts.drafts:use_template", DRAFT, "draft")},
    "/drafts/{draft}/delete": {
        "GET": Route("drafts.drafts:confirm_delete", DRAFT, "draft"),
        "POST": Route("drafts.drafts:delete", DRAFT, "draft"),
    },
    "/share": {
        "GET": Route("drafts.sharing:show", DRAFT),
        "POST": Route("drafts.sharing:import_template", DRAFT),
    },
    # Published badges
    "/badges/{badge}": {"GET": Route("badges.badges:show", ENTER, "badge")},
    "/badges/{badge}/copy": {"POST": Route("badges.badges:copy", DRAFT, "badge")},
    "/badges/{badge}/archive": {"POST": Route("badges.badges:archive", PUBLISH, "badge")},
    "/badges/{badge}/restore": {"POST": Route("badges.badges:restore", PUBLISH, "badge")},
    "/badges/{badge}/image": {"POST": Route("badges.badges:copy_image", PUBLISH, "badge")},
    "/badges/{badge}/awards": {"GET": Route("badges.awards:show", AWARD, "badge")},
    "/badges/{badge}/awards/csv": {"GET": Route("badges.awards:download", AWARD, "badge")},
    "/awards": {"GET": Route("badges.place_awards:show", AWARD)},
    "/awards/csv": {"GET": Route("badges.place_awards:download", AWARD)},
    "/awards/{award}/revoke": {
        "GET": Route("badges.awards:ask_to_revoke", PUBLISH, "award"),
        "POST": Route("badges.awards:revoke", PUBLISH, "award"),
    },
    "/awards/{award}/mail": {"POST": Route("badges.awards:mail", AWARD, "award")},
    "/badges/{badge}/issue": {
        "GET": Route("badges.issue:ask", AWARD, "badge"),
        "POST": Route("badges.issue:issue", AWARD, "badge", LIST),
    },
    "/badges/{badge}/issue/{batch}": {"GET": Route("badges.issue:progress", AWARD, "badge")},
    "/badges/{badge}/codes": {
        "GET": Route("badges.codes:show", PUBLISH, "badge"),
        "POST": Route("badges.codes:create", PUBLISH, "badge", LIST),
    },
    "/badges/{badge}/codes/csv": {"GET": Route("badges.codes:download", PUBLISH, "badge")},
    "/badges/{badge}/codes/delete": {
        "GET": Route("badges.codes:ask_to_delete", PUBLISH, "badge"),
        "POST": Route("badges.codes:delete", PUBLISH, "badge"),
    },
    # Applications
    "/applications": {"GET": Route("applications:show_all", REVIEW)},
    "/applications/{application}": {"GET": Route("applications:show", REVIEW, "application")},
    "/applications/{application}/assign": {
        "POST": Route("applications:assign", REVIEW, "application"),
    },
    "/applications/{application}/release": {
        "POST": Route("applications:release", REVIEW, "application"),
    },
    "/applications/{application}/review": {
        "POST": Route("applications:review", REVIEW, "application", LIST),
    },
    "/applications/{application}/award": {
        "POST": Route("applications:award", AWARD, "application"),
    },
    # Settings
    "/settings": {"GET": Route("settings.owners:show", PUBLISH)},
    "/settings/systems": {"GET": Route("settings.owners:show_systems", ADMINISTER, "deployment")},
    "/settings/systems/new": {
        "GET": Route("settings.owners:ask_for_system", CREATE_SYSTEM, "deployment"),
        "POST": Route("settings.owners:create_system", CREATE_SYSTEM, "deployment", PICTURE_FORM),
    },
    "/settings/systems/read": {
        "POST": Route("settings.owners:read", ADMINISTER, "deployment"),
    },
    "/settings/systems/{system}/issuers": {
        "GET": Route("settings.owners:show_inner", PUBLISH, "place")
    },
    "/settings/systems/{system}/issuers/new": {
        "GET": Route("settings.owners:ask_for_inner", PUBLISH, "place"),
        "POST": Route("settings.owners:create_inner", PUBLISH, "place", PICTURE_FORM),
    },
    "/settings/systems/{system}/issuers/{issuer}/programs": {
        "GET": Route("settings.owners:show_inner", PUBLISH, "place"),
    },
    "/settings/systems/{system}/issuers/{issuer}/programs/new": {
        "GET": Route("settings.owners:ask_for_inner", PUBLISH, "place"),
        "POST": Route("settings.owners:create_inner", PUBLISH, "place", PICTURE_FORM),
    },
    "/settings/systems/{system}/consumers": {
        "GET": Route("settings.integrations:show_consumers", PUBLISH, "place"),
        "POST": Route("settings.integrations:create_consumer", PUBLISH, "place"),
    },
    "/settings/systems/{system}/consumers/delete": {
        "GET": Route("settings.integrations:ask_to_delete_consumer", PUBLISH, "place"),
        "POST": Route("settings.integrations:delete_consumer", PUBLISH, "place"),
    },
    "/settings/systems/{system}/webhook": {
        "GET": Route("settings.integrations:show_webhook", PUBLISH, "place"),
        "POST": Route("settings.integrations:set_webhook", PUBLISH, "place"),
    },
    "/settings/systems/{system}/webhook/delete": {
        "GET": Route("settings.integrations:ask_to_delete_webhook", PUBLISH, "place"),
        "POST": Route("settings.integrations:delete_webhook", PUBLISH, "place"),
    },
    "/settings/systems/{system}/emails": {
        "GET": Route("settings.emails:show", PUBLISH, "place"),
        "POST": Route("settings.emails:save", PUBLISH, "place"),
    },
    # Activity
    "/activity": {"GET": Route("activity.activity:show", Permission.SEE_ACTIVITY, "deployment")},
    "/activity/jobs/{id}/retry": {
        "POST": Route("activity.activity:retry", Permission.RETRY_JOBS, "job"),
    },
    "/activity/deliveries": {
        "GET": Route("activity.deliveries:show", OPERATE, "deployment"),
    },
    "/activity/deliveries/{id}/again": {
        "POST": Route("activity.deliveries:send_again", OPERATE, "deployment"),
    },
    "/activity/dead-letters": {
        "GET": Route("activity.dead_letters:show", OPERATE, "deployment"),
    },
    "/activity/dead-letters/redrive": {
        "POST": Route("activity.dead_letters:redrive", OPERATE, "deployment"),
    },
}
LEVELS = {
    "system": "/settings/systems/{system}",
    "issuer": "/settings/systems/{system}/issuers/{issuer}",
    "program": "/settings/systems/{system}/issuers/{issuer}/programs/{program}",
}
AT_EACH_LEVEL: dict[str, dict[str, Route]] = {
    "": {
        "GET": Route("settings.owners:show_profile", PUBLISH, "place"),
        "POST": Route("settings.owners:save_profile", PUBLISH, "place", PICTURE_FORM),
    },
    "/users": {
        "GET": Route("settings.users:show", PUBLISH, "place"),
        "POST": Route("settings.users:add", PUBLISH, "place"),
    },
    "/users/{account}": {
        "GET": Route("settings.users:ask", PUBLISH, "place"),
        "POST": Route("settings.users:change", PUBLISH, "place"),
    },
    "/users/{account}/invite": {"POST": Route("settings.users:invite", PUBLISH, "place")},
    "/users/{account}/delete": {
        "GET": Route("settings.users:ask_to_remove", PUBLISH, "place"),
        "POST": Route("settings.users:remove", PUBLISH, "place"),
    },
}


def _delete(level: str) -> dict[str, Route]:
    permission = required(Act.DELETE, level)
    return {
        "GET": Route("settings.owners:ask_to_delete", permission, "place"),
        "POST": Route("settings.owners:delete", permission, "place"),
    }


for _name, _path in LEVELS.items():
    ROUTES |= {_path + path: of for path, of in AT_EACH_LEVEL.items()}
    ROUTES[f"{_path}/delete"] = _delete(_name)
