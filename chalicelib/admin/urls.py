"""All doors of the admin UI: paths, methods, what one must be allowed to, and where."""

from __future__ import annotations

from chalicelib.admin.auth.permissions import Permission
from chalicelib.admin.shell.guard import Door

ENTER, DRAFT, PUBLISH, REVIEW = (
    Permission.ENTER, Permission.DRAFT, Permission.PUBLISH, Permission.REVIEW,
)  # fmt: skip
ADMINISTER = Permission.ADMINISTER
UPLOAD = 6 * 1024 * 1024  # bytes; a picture of 5 MB and the form around it
LIST = 1024 * 1024  # bytes; thousands of addresses

DOORS: dict[str, dict[str, Door]] = {
    # Where somebody works
    "/context": {
        "GET": Door("settings.place_switcher:choose", ENTER, "deployment"),
        "POST": Door("settings.place_switcher:work_in", ENTER, "deployment"),
    },
    "/directory": {"GET": Door("drafts.directory:show", ENTER)},
    # Drafts and templates
    "/drafts": {"POST": Door("drafts.drafts:create", DRAFT)},
    "/drafts/{draft}": {"GET": Door("drafts.drafts:show", ENTER, "draft")},
    "/drafts/{draft}/edit/{section}": {
        "GET": Door("drafts.editor:show", DRAFT, "draft"),
        "POST": Door("drafts.editor:save", DRAFT, "draft", UPLOAD),
    },
    "/drafts/{draft}/studio": {
        "GET": Door("drafts.studio:show", DRAFT, "draft"),
        "POST": Door("drafts.studio:submit", DRAFT, "draft"),
    },
    "/studio/graphics": {"GET": Door("drafts.studio:find", DRAFT)},
    "/drafts/{draft}/publish": {
        "GET": Door("drafts.drafts:confirm_publish", PUBLISH, "draft"),
        "POST": Door("drafts.drafts:publish", PUBLISH, "draft"),
    },
    "/drafts/{draft}/template": {"POST": Door("drafts.drafts:save_as_template", DRAFT, "draft")},
    "/drafts/{draft}/use": {"POST": Door("drafts.drafts:use_template", DRAFT, "draft")},
    "/drafts/{draft}/delete": {
        "GET": Door("drafts.drafts:confirm_delete", DRAFT, "draft"),
        "POST": Door("drafts.drafts:delete", DRAFT, "draft"),
    },
    "/share": {
        "GET": Door("drafts.sharing:show", DRAFT),
        "POST": Door("drafts.sharing:import_template", DRAFT),
    },
    # Published badges
    "/badges/{badge}": {"GET": Door("badges.badges:show", ENTER, "badge")},
    "/badges/{badge}/copy": {"POST": Door("badges.badges:copy", DRAFT, "badge")},
    "/badges/{badge}/archive": {"POST": Door("badges.badges:archive", PUBLISH, "badge")},
    "/badges/{badge}/restore": {"POST": Door("badges.badges:restore", PUBLISH, "badge")},
    "/badges/{badge}/awards": {"GET": Door("badges.awards:show", PUBLISH, "badge")},
    "/awards/{award}/revoke": {
        "GET": Door("badges.awards:ask_to_revoke", PUBLISH, "award"),
        "POST": Door("badges.awards:revoke", PUBLISH, "award"),
    },
    "/awards/{award}/mail": {"POST": Door("badges.awards:mail", PUBLISH, "award")},
    "/badges/{badge}/issue": {
        "GET": Door("badges.issue:ask", PUBLISH, "badge"),
        "POST": Door("badges.issue:issue", PUBLISH, "badge", LIST),
    },
    "/badges/{badge}/issue/{batch}": {"GET": Door("badges.issue:progress", PUBLISH, "badge")},
    "/badges/{badge}/codes": {
        "GET": Door("badges.codes:show", PUBLISH, "badge"),
        "POST": Door("badges.codes:create", PUBLISH, "badge", LIST),
    },
    "/badges/{badge}/codes/csv": {"GET": Door("badges.codes:download", PUBLISH, "badge")},
    "/badges/{badge}/codes/{code}/delete": {"POST": Door("badges.codes:delete", PUBLISH, "badge")},
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
    "/settings": {"GET": Door("settings.owners:show", PUBLISH)},
    "/settings/systems": {"GET": Door("settings.owners:show_systems", ADMINISTER, "deployment")},
    "/settings/systems/new": {
        "GET": Door("settings.owners:ask_for_system", ADMINISTER, "deployment"),
        "POST": Door("settings.owners:create_system", ADMINISTER, "deployment", UPLOAD),
    },
    "/settings/systems/{system}/delete": {
        "GET": Door("settings.owners:ask_to_delete", ADMINISTER, "place"),
        "POST": Door("settings.owners:delete", ADMINISTER, "place"),
    },
    "/settings/systems/{system}/issuers": {
        "GET": Door("settings.owners:show_inner", PUBLISH, "place")
    },
    "/settings/systems/{system}/issuers/new": {
        "GET": Door("settings.owners:ask_for_inner", PUBLISH, "place"),
        "POST": Door("settings.owners:create_inner", PUBLISH, "place", UPLOAD),
    },
    "/settings/systems/{system}/issuers/{issuer}/programs": {
        "GET": Door("settings.owners:show_inner", PUBLISH, "place"),
    },
    "/settings/systems/{system}/issuers/{issuer}/programs/new": {
        "GET": Door("settings.owners:ask_for_inner", PUBLISH, "place"),
        "POST": Door("settings.owners:create_inner", PUBLISH, "place", UPLOAD),
    },
    "/settings/systems/{system}/consumers": {
        "GET": Door("settings.integrations:show_consumers", PUBLISH, "place"),
        "POST": Door("settings.integrations:create_consumer", PUBLISH, "place"),
    },
    "/settings/systems/{system}/consumers/delete": {
        "POST": Door("settings.integrations:delete_consumer", PUBLISH, "place"),
    },
    "/settings/systems/{system}/webhook": {
        "GET": Door("settings.integrations:show_webhook", PUBLISH, "place"),
        "POST": Door("settings.integrations:set_webhook", PUBLISH, "place"),
    },
    "/settings/systems/{system}/webhook/delete": {
        "POST": Door("settings.integrations:delete_webhook", PUBLISH, "place"),
    },
    # What happened
    "/activity": {"GET": Door("activity.activity:show", Permission.SEE_ACTIVITY, "deployment")},
    "/activity/jobs/{id}/retry": {
        "POST": Door("activity.activity:retry", Permission.RETRY_JOBS, "deployment"),
    },
    "/activity/deliveries": {
        "GET": Door("activity.deliveries:show", Permission.SEE_ACTIVITY, "deployment"),
    },
    "/activity/deliveries/{id}/again": {
        "POST": Door("activity.deliveries:send_again", Permission.RETRY_JOBS, "deployment"),
    },
    "/activity/dead-letters": {
        "GET": Door("activity.dead_letters:show", Permission.SEE_ACTIVITY, "deployment"),
    },
    "/activity/dead-letters/redrive": {
        "POST": Door("activity.dead_letters:redrive", Permission.RETRY_JOBS, "deployment"),
    },
}
LEVELS = (
    "/settings/systems/{system}",
    "/settings/systems/{system}/issuers/{issuer}",
    "/settings/systems/{system}/issuers/{issuer}/programs/{program}",
)
AT_EACH_LEVEL: dict[str, dict[str, Door]] = {
    "": {
        "GET": Door("settings.owners:show_profile", PUBLISH, "place"),
        "POST": Door("settings.owners:save_profile", PUBLISH, "place", UPLOAD),
    },
    "/users": {
        "GET": Door("settings.users:show", PUBLISH, "place"),
        "POST": Door("settings.users:add", PUBLISH, "place"),
    },
    "/users/{account}": {
        "GET": Door("settings.users:ask", PUBLISH, "place"),
        "POST": Door("settings.users:change", PUBLISH, "place"),
    },
    "/users/{account}/delete": {"POST": Door("settings.users:remove", PUBLISH, "place")},
}
WITHIN_SYSTEMS: dict[str, dict[str, Door]] = {
    "/delete": {
        "GET": Door("settings.owners:ask_to_delete", PUBLISH, "place"),
        "POST": Door("settings.owners:delete", PUBLISH, "place"),
    },
}

for _level in LEVELS:
    DOORS |= {_level + path: of for path, of in AT_EACH_LEVEL.items()}
for _level in LEVELS[1:]:
    DOORS |= {_level + path: of for path, of in WITHIN_SYSTEMS.items()}
