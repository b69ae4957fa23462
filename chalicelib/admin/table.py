"""All doors of the admin UI: paths, methods, what one must be allowed to, and where."""

from __future__ import annotations

from chalicelib.admin.doors import Door
from chalicelib.admin.permissions import Permission

ENTER, DRAFT, PUBLISH, REVIEW = (
    Permission.ENTER, Permission.DRAFT, Permission.PUBLISH, Permission.REVIEW,
)  # fmt: skip
ADMINISTER = Permission.ADMINISTER
UPLOAD = 6 * 1024 * 1024  # bytes; a picture of 5 MB and the form around it
LIST = 1024 * 1024  # bytes; thousands of addresses

DOORS: dict[str, dict[str, Door]] = {
    # Where somebody works
    "/context": {
        "GET": Door("places:choose", ENTER, "deployment"),
        "POST": Door("places:work_in", ENTER, "deployment"),
    },
    "/directory": {"GET": Door("directory:show", ENTER)},
    # Drafts and templates
    "/drafts": {"POST": Door("drafts:create", DRAFT)},
    "/drafts/{draft}": {"GET": Door("drafts:show", ENTER, "draft")},
    "/drafts/{draft}/edit/{section}": {
        "GET": Door("editor:show", DRAFT, "draft"),
        "POST": Door("editor:save", DRAFT, "draft", UPLOAD),
    },
    "/drafts/{draft}/studio": {
        "GET": Door("studio:show", DRAFT, "draft"),
        "POST": Door("studio:work", DRAFT, "draft"),
    },
    "/studio/graphics": {"GET": Door("studio:find", DRAFT)},
    "/drafts/{draft}/publish": {
        "GET": Door("drafts:ask_to_publish", PUBLISH, "draft"),
        "POST": Door("drafts:publish", PUBLISH, "draft"),
    },
    "/drafts/{draft}/template": {"POST": Door("drafts:save_as_template", DRAFT, "draft")},
    "/drafts/{draft}/use": {"POST": Door("drafts:use_template", DRAFT, "draft")},
    "/drafts/{draft}/delete": {
        "GET": Door("drafts:ask_to_delete", DRAFT, "draft"),
        "POST": Door("drafts:delete", DRAFT, "draft"),
    },
    "/share": {"GET": Door("sharing:ask", DRAFT), "POST": Door("sharing:take", DRAFT)},
    # Published badges
    "/badges/{badge}": {"GET": Door("badges:show", ENTER, "badge")},
    "/badges/{badge}/copy": {"POST": Door("badges:copy", DRAFT, "badge")},
    "/badges/{badge}/archive": {"POST": Door("badges:archive", PUBLISH, "badge")},
    "/badges/{badge}/restore": {"POST": Door("badges:restore", PUBLISH, "badge")},
    "/badges/{badge}/awards": {"GET": Door("awards:show", PUBLISH, "badge")},
    "/awards/{award}/revoke": {
        "GET": Door("awards:ask_to_revoke", PUBLISH, "award"),
        "POST": Door("awards:revoke", PUBLISH, "award"),
    },
    "/awards/{award}/mail": {"POST": Door("awards:mail", PUBLISH, "award")},
    "/badges/{badge}/issue": {
        "GET": Door("issue:ask", PUBLISH, "badge"),
        "POST": Door("issue:issue", PUBLISH, "badge", LIST),
    },
    "/badges/{badge}/issue/{batch}": {"GET": Door("issue:progress", PUBLISH, "badge")},
    "/badges/{badge}/codes": {
        "GET": Door("codes:show", PUBLISH, "badge"),
        "POST": Door("codes:create", PUBLISH, "badge", LIST),
    },
    "/badges/{badge}/codes/csv": {"GET": Door("codes:download", PUBLISH, "badge")},
    "/badges/{badge}/codes/{code}/delete": {"POST": Door("codes:delete", PUBLISH, "badge")},
    # Applications
    "/applications": {"GET": Door("applications:show_all", REVIEW)},
    "/applications/{application}": {"GET": Door("applications:show", REVIEW, "application")},
    "/applications/{application}/assign": {
        "POST": Door("applications:assign", REVIEW, "application"),
    },
    "/applications/{application}/release": {
        "POST": Door("applications:release", REVIEW, "application"),
    },
    "/applications/{application}/review": {
        "POST": Door("applications:review", REVIEW, "application", LIST),
    },
    "/applications/{application}/award": {
        "POST": Door("applications:award", PUBLISH, "application"),
    },
    # Settings
    "/settings": {"GET": Door("settings:show", PUBLISH)},
    "/settings/systems": {"GET": Door("settings:show_systems", ADMINISTER, "deployment")},
    "/settings/systems/new": {
        "GET": Door("settings:ask_for_system", ADMINISTER, "deployment"),
        "POST": Door("settings:create_system", ADMINISTER, "deployment", UPLOAD),
    },
    "/settings/systems/{system}/delete": {
        "GET": Door("settings:ask_to_delete", ADMINISTER, "place"),
        "POST": Door("settings:delete", ADMINISTER, "place"),
    },
    "/settings/systems/{system}/issuers": {"GET": Door("settings:show_inner", PUBLISH, "place")},
    "/settings/systems/{system}/issuers/new": {
        "GET": Door("settings:ask_for_inner", PUBLISH, "place"),
        "POST": Door("settings:create_inner", PUBLISH, "place", UPLOAD),
    },
    "/settings/systems/{system}/issuers/{issuer}/programs": {
        "GET": Door("settings:show_inner", PUBLISH, "place"),
    },
    "/settings/systems/{system}/issuers/{issuer}/programs/new": {
        "GET": Door("settings:ask_for_inner", PUBLISH, "place"),
        "POST": Door("settings:create_inner", PUBLISH, "place", UPLOAD),
    },
    "/settings/systems/{system}/consumers": {
        "GET": Door("integrations:show_consumers", PUBLISH, "place"),
        "POST": Door("integrations:create_consumer", PUBLISH, "place"),
    },
    "/settings/systems/{system}/consumers/delete": {
        "POST": Door("integrations:delete_consumer", PUBLISH, "place"),
    },
    "/settings/systems/{system}/webhook": {
        "GET": Door("integrations:show_webhook", PUBLISH, "place"),
        "POST": Door("integrations:set_webhook", PUBLISH, "place"),
    },
    "/settings/systems/{system}/webhook/delete": {
        "POST": Door("integrations:delete_webhook", PUBLISH, "place"),
    },
    # What happened
    "/activity": {"GET": Door("activity:show", Permission.SEE_ACTIVITY, "deployment")},
    "/activity/jobs/{id}/retry": {
        "POST": Door("activity:retry", Permission.RETRY_JOBS, "deployment"),
    },
    "/activity/deliveries": {
        "GET": Door("deliveries:show", Permission.SEE_ACTIVITY, "deployment"),
    },
    "/activity/deliveries/{id}/again": {
        "POST": Door("deliveries:send_again", Permission.RETRY_JOBS, "deployment"),
    },
    "/activity/dead-letters": {
        "GET": Door("dead_letters:show", Permission.SEE_ACTIVITY, "deployment"),
    },
    "/activity/dead-letters/redrive": {
        "POST": Door("dead_letters:redrive", Permission.RETRY_JOBS, "deployment"),
    },
}
LEVELS = (
    "/settings/systems/{system}",
    "/settings/systems/{system}/issuers/{issuer}",
    "/settings/systems/{system}/issuers/{issuer}/programs/{program}",
)
AT_EACH_LEVEL: dict[str, dict[str, Door]] = {
    "": {
        "GET": Door("settings:show_profile", PUBLISH, "place"),
        "POST": Door("settings:save_profile", PUBLISH, "place", UPLOAD),
    },
    "/users": {
        "GET": Door("users:show", PUBLISH, "place"),
        "POST": Door("users:add", PUBLISH, "place"),
    },
    "/users/{account}": {
        "GET": Door("users:ask", PUBLISH, "place"),
        "POST": Door("users:change", PUBLISH, "place"),
    },
    "/users/{account}/delete": {"POST": Door("users:remove", PUBLISH, "place")},
}
WITHIN_SYSTEMS: dict[str, dict[str, Door]] = {
    "/delete": {
        "GET": Door("settings:ask_to_delete", PUBLISH, "place"),
        "POST": Door("settings:delete", PUBLISH, "place"),
    },
}

for _level in LEVELS:
    DOORS |= {_level + path: of for path, of in AT_EACH_LEVEL.items()}
for _level in LEVELS[1:]:
    DOORS |= {_level + path: of for path, of in WITHIN_SYSTEMS.items()}
