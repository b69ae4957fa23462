"""The template: valid, reproducible, and consistent with `app.py` and the needs of each part."""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from chalicelib.config import SETTINGS
from chalicelib.domain.jobs import parked_webhooks
from chalicelib.queues import MAIL_EVENTS, QUEUES, Queue
from chalicelib.web.application import METHODS
from infra.aws import chalice_config, fragments, functions, runtimes, sam, template
from infra.aws.functions import COURIER, FUNCTIONS, MIGRATE, Function
from infra.aws.runtimes import RUNTIMES, Runtime
from tests.stack.conftest import Resource, Stack, texts

each_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: one.suffix)
each_queue = pytest.mark.parametrize("queue", QUEUES, ids=lambda one: one.suffix)
each_runtime = pytest.mark.parametrize("runtime", RUNTIMES.values(), ids=lambda one: one.name)

# A retained database needs its network.
DATA = {
    "AWS::S3::Bucket", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup",
    "AWS::RDS::DBClusterParameterGroup", "AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock",
    "AWS::EC2::Subnet",
}  # fmt: skip
CFN_LINT = "import sys; from cfnlint.runner import main; sys.exit(main())"
LARGEST = 1_000_000  # bytes; CloudFormation's limit for templates in a bucket
MOST_RESOURCES = 500


@pytest.mark.slow
def test_cfn_lint_finds_nothing(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(stack.text)
    regions = ("us-east-1", "eu-central-1", "ap-southeast-2")
    done = subprocess.run(
        [sys.executable, "-c", CFN_LINT, "--template", str(file), "--regions", *regions],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.slow
def test_the_command_writes_the_same_again(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "out" / "template.json"
    assert template.main([str(file)]) == 0
    assert file.read_text() == stack.text


def test_cloudformation_accepts_it(stack: Stack) -> None:
    assert len(stack.text.encode()) < LARGEST
    assert len(stack.resources) < MOST_RESOURCES
    assert "Transform" not in stack.whole
    assert not stack.of("AWS::Serverless")


def test_nothing_of_this_machine_is_in_it(stack: Stack) -> None:
    assert str(sam.ROOT) not in stack.text
    assert str(Path.home()) not in stack.text


def test_it_has_the_functions_of_the_application_and_no_others(stack: Stack, app: Any) -> None:
    handlers = {one["Properties"]["Handler"] for one in stack.of("AWS::Lambda::Function").values()}
    assert handlers == {f"app.{function.handler}" for function in FUNCTIONS}
    named = {function.name for function in app.pure_lambda_functions}
    named |= {source.name for source in app.event_sources}
    assert handlers == {"app.app", *(f"app.{name}" for name in named)}


@pytest.mark.slow
def test_a_function_that_the_table_lacks_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "FUNCTIONS", FUNCTIONS[:-1])
    with pytest.raises(template.UnknownFunctionError, match="Migrate"):
        template.sam_template()


@each_function
def test_each_function_matches_the_table(stack: Stack, function: Function) -> None:
    found = stack.properties(function.resource)
    assert found["MemorySize"] == function.memory
    assert found["Timeout"] == function.seconds
    assert found["Architectures"] == ["arm64"]
    assert found["Code"] == {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}}
    assert found["Role"] == {"Fn::GetAtt": [function.role, "Arn"]}


def test_chalice_s_config_matches() -> None:
    assert chalice_config.FILE.read_text("utf-8") == chalice_config.text(), (
        "python -m infra.aws.chalice_config"
    )


@each_function
def test_chalice_understands_it(by_chalice: dict[str, Resource], function: Function) -> None:
    found = by_chalice[function.resource]["Properties"]
    assert (found["MemorySize"], found["Timeout"]) == (function.memory, function.seconds)


@pytest.mark.slow
def test_it_can_be_generated_for_x86_64() -> None:
    made = template.sam_template("x86_64")["Resources"]
    assert made["Mail"]["Properties"]["Architectures"] == ["x86_64"]


@pytest.mark.slow
@each_runtime
def test_all_functions_have_the_python_of_the_package(stack: Stack, runtime: Runtime) -> None:
    made = json.loads(template.text(runtime=runtime))
    functions = [
        one for one in made["Resources"].values() if one["Type"] == "AWS::Lambda::Function"
    ]
    assert len(functions) == len(FUNCTIONS)
    assert {one["Properties"].pop("Runtime") for one in functions} == {runtime.name}
    usual = json.loads(stack.text)
    for name in stack.of("AWS::Lambda::Function"):
        del usual["Resources"][name]["Properties"]["Runtime"]
    assert made == usual, "nothing else depends on it"


@pytest.mark.slow
def test_the_command_uses_this_python_or_the_named_one(
    tmp_path: Path,
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert stack.properties("Mail")["Runtime"] == runtimes.of_this_python().name
    file = tmp_path / "template.json"
    assert template.main([str(file), "--python=3.13"]) == 0
    assert Stack(file.read_text()).properties("Mail")["Runtime"] == "python3.13"
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert template.main([str(file)]) == 1
    assert "make PYTHON=python3.14 ..." in capsys.readouterr().err


@each_function
def test_each_function_has_a_log_with_retention(stack: Stack, function: Function) -> None:
    group = stack.properties(function.log_group)
    assert group["RetentionInDays"] == {"Ref": "LogDays"}
    assert stack.properties(function.resource)["LoggingConfig"]["LogGroup"] == {
        "Ref": function.log_group
    }


@each_function
def test_migrations_come_before_everything_else(stack: Stack, function: Function) -> None:
    waits_for = stack.resources[function.resource].get("DependsOn")
    assert waits_for == (None if function is MIGRATE else "Schema")


def test_the_schema_follows_the_secrets_and_each_new_package(stack: Stack) -> None:
    schema = stack.properties("Schema")
    assert {"Ref": "Secrets"} in schema["Needs"]
    assert schema["Code"] == {"Ref": "CodeKey"}
    assert schema["System"] == {"Ref": "System"}  # migrate creates it if there is none
    for name in ("Schema", "Secrets"):
        found = stack.properties(name)
        assert found["ServiceToken"] == {"Fn::GetAtt": ["Migrate", "Arn"]}
        assert found["ServiceTimeout"] > MIGRATE.seconds


def test_the_created_secrets_are_secret_settings(stack: Stack) -> None:
    names = {str(name) for name in stack.properties("Secrets")["Names"] if isinstance(name, str)}
    secret = {one.name for one in SETTINGS if one.secret and not one.name.startswith("TEST_")}
    assert names == secret - {"DATABASE_PASSWORD"}
    assert {"Fn::If": ["IsAurora", "DATABASE_PASSWORD", {"Ref": "AWS::NoValue"}]} in (
        stack.properties("Secrets")["Names"]
    )


# Queues


@each_queue
def test_visibility_timeouts_are_six_times_the_consumer_s(stack: Stack, queue: Queue) -> None:
    (consumer,) = (one for one in FUNCTIONS if one.consumes is queue)
    assert stack.properties(queue.resource)["VisibilityTimeout"] == 6 * consumer.seconds


@each_queue
def test_each_queue_has_dead_letters(stack: Stack, queue: Queue) -> None:
    policy = stack.properties(queue.resource)["RedrivePolicy"]
    assert policy["maxReceiveCount"] == queue.deliveries
    assert policy["deadLetterTargetArn"] == {"Fn::GetAtt": [queue.dead, "Arn"]}
    assert stack.properties(queue.dead)["MessageRetentionPeriod"] == 14 * 24 * 60 * 60


def test_parked_webhooks_are_retried_for_ten_hours(stack: Stack) -> None:
    policy = stack.properties("IssuingQueue")["RedrivePolicy"]
    hidden = stack.properties("IssuingQueue")["VisibilityTimeout"]
    assert policy["maxReceiveCount"] * hidden == 10 * 3600


@each_queue
def test_each_queue_accepts_the_largest_webhook(stack: Stack, queue: Queue) -> None:
    packed = base64.b64encode(zlib.compress(random.Random(1).randbytes(parked_webhooks.LARGEST)))
    assert stack.properties(queue.resource)["MaximumMessageSize"] > len(packed) + 10_000


@each_queue
def test_each_mapping_reports_failures_one_by_one(stack: Stack, queue: Queue) -> None:
    mappings = [
        one["Properties"]
        for one in stack.of("AWS::Lambda::EventSourceMapping").values()
        if one["Properties"]["EventSourceArn"] == {"Fn::GetAtt": [queue.resource, "Arn"]}
    ]
    (mapping,) = mappings
    (consumer,) = (one for one in FUNCTIONS if one.consumes is queue)
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": consumer.at_once}
    assert mapping["FunctionName"] == {"Ref": consumer.resource}
    assert mapping["BatchSize"] == queue.batch


def test_there_are_no_other_queues(stack: Stack) -> None:
    assert set(stack.of("AWS::SQS::Queue")) == {
        name for queue in QUEUES for name in (queue.resource, queue.dead)
    } | {"MailEventQueuePolicy"}


@pytest.mark.parametrize(
    "function", [one for one in FUNCTIONS if one.consumes], ids=lambda one: one.suffix
)
def test_each_function_consumes_the_queue_in_app_py(
    by_chalice: dict[str, Resource], function: Function
) -> None:
    assert function.consumes
    (event,) = by_chalice[function.resource]["Properties"]["Events"].values()
    assert event["Properties"]["Queue"]["Fn::Sub"].endswith(f":badgekit-{function.consumes.suffix}")


def test_events_of_ses_reach_the_mail_event_queue(stack: Stack) -> None:
    destination = stack.properties("MailEvents")["EventDestination"]
    assert destination["MatchingEventTypes"] == ["SEND", "BOUNCE", "REJECT", "COMPLAINT"]
    assert destination["SnsDestination"] == {"TopicARN": {"Ref": "MailTopic"}}
    subscription = stack.properties("MailSubscription")
    assert subscription["TopicArn"] == {"Ref": "MailTopic"}
    assert subscription["Endpoint"] == {"Fn::GetAtt": [MAIL_EVENTS.resource, "Arn"]}
    assert (
        subscription["RawMessageDelivery"] is True
    )  # the format that chalicelib.pipeline.ses_events reads


# The API


def test_one_resource_handles_all_paths(stack: Stack) -> None:
    paths = stack.properties("RestAPI")["Body"]["paths"]
    assert paths.keys() == {"/", "/{proxy+}"}
    for methods in paths.values():
        assert methods.keys() == {method.lower() for method in METHODS}
        for method in methods.values():
            assert "-http/invocations" in str(method["x-amazon-apigateway-integration"]["uri"])


def test_scripts_of_other_sites_can_read_the_gateway_s_own_errors(stack: Stack) -> None:
    body = stack.properties("RestAPI")["Body"]
    for kind in ("DEFAULT_4XX", "DEFAULT_5XX"):
        answer = body["x-amazon-apigateway-gateway-responses"][kind]
        headers = answer["responseParameters"]
        assert headers == {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}


def test_the_api_is_regional_throttled_and_logged(stack: Stack) -> None:
    assert stack.properties("RestAPI")["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    stage = stack.properties("RestAPIStage")
    (limits,) = stage["MethodSettings"]
    assert limits["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    assert stage["AccessLogSetting"]["DestinationArn"] == {"Fn::GetAtt": ["ApiLog", "Arn"]}


def test_the_access_log_has_no_paths_and_queries(stack: Stack) -> None:
    """They may contain tokens of sign-in links, and claim codes."""
    format_ = stack.properties("RestAPIStage")["AccessLogSetting"]["Format"]
    assert json.loads(format_)
    for word in ("path", "query", "header", "authorizer"):
        assert word not in format_.lower()


def test_there_is_no_stage_but_ours(stack: Stack) -> None:
    (deployment,) = stack.of("AWS::ApiGateway::Deployment").values()
    assert "StageName" not in deployment["Properties"]
    assert len(stack.of("AWS::ApiGateway::Stage")) == 1


# Domain names


def test_a_domain_name_with_a_zone_gets_certificate_and_record(stack: Stack) -> None:
    domain, zone = {"Ref": "DomainName"}, {"Ref": "HostedZone"}
    certificate = stack.properties("Certificate")
    assert certificate["DomainName"] == domain
    assert certificate["DomainValidationOptions"] == [{"DomainName": domain, "HostedZoneId": zone}]
    record = stack.properties("ApiDomainRecord")
    assert (record["Name"], record["HostedZoneId"]) == (domain, zone)
    assert record["AliasTarget"]["DNSName"] == {"Fn::GetAtt": ["ApiDomain", "RegionalDomainName"]}
    assert stack.properties("ApiDomain")["RegionalCertificateArn"] == {
        "Fn::If": ["MakesCertificate", {"Ref": "Certificate"}, {"Ref": "CertificateArn"}]
    }


def test_the_sender_s_domain_is_verified_in_the_zone(stack: Stack) -> None:
    for number in "123":
        record = stack.properties(f"Dkim{number}")
        assert record["Name"] == {"Fn::GetAtt": ["Identity", f"DkimDNSTokenName{number}"]}
        assert record["ResourceRecords"] == [
            {"Fn::GetAtt": ["Identity", f"DkimDNSTokenValue{number}"]}
        ]


def test_without_a_zone_there_are_no_route_53_records(stack: Stack) -> None:
    made = {**stack.of("AWS::Route53::"), **stack.of("AWS::CertificateManager::")}
    asked = {one["Condition"]: stack.whole["Conditions"][one["Condition"]] for one in made.values()}
    assert len(made) == 5
    for condition in asked.values():
        assert {"Condition": "HasZone"} in condition["Fn::And"]


# Data


def test_data_is_retained_when_the_stack_is_deleted(stack: Stack) -> None:
    data = {name for name, one in stack.resources.items() if one["Type"] in DATA}
    kept = {
        name
        for name, one in stack.resources.items()
        if one.get("DeletionPolicy", "").startswith("Retain")
    }
    assert {stack.resources[name]["Type"] for name in data} == DATA
    assert data <= kept
    # Besides: access to the database; and logging, which belongs to the whole account.
    assert kept - data == {"DatabaseGroup", "ApiLogRole", "ApiLogAccount"}
    for name in kept:
        assert stack.resources[name]["UpdateReplacePolicy"] == "Retain"


def unless_restored(value: object) -> dict[str, list[object]]:
    return {"Fn::If": ["IsRestored", {"Ref": "AWS::NoValue"}, value]}


def test_a_snapshot_has_its_own_name_user_and_password(stack: Stack) -> None:
    cluster = stack.properties("DatabaseCluster")
    for name in ("DatabaseName", "MasterUsername"):
        assert cluster[name] == unless_restored("badgekit")
    assert "DATABASE_PASSWORD" in str(cluster["MasterUserPassword"])
    assert cluster["MasterUserPassword"]["Fn::If"][1] == {"Ref": "AWS::NoValue"}


@each_function
def test_another_database_restarts_functions(stack: Stack, function: Function) -> None:
    """Otherwise they would keep their connections and settings for a while."""
    tells = "${DatabaseCluster}" in str(stack.properties(function.resource).get("Description"))
    assert tells == (function not in (MIGRATE, COURIER))


def test_the_functions_group_is_deleted_before_the_roles_that_remove_its_interfaces(
    stack: Stack,
) -> None:
    roles = {function.role for function in FUNCTIONS if function is not COURIER}
    assert set(stack.resources["FunctionGroup"]["DependsOn"]) == roles


def test_the_database_is_protected_encrypted_and_pauses(stack: Stack) -> None:
    cluster = stack.properties("DatabaseCluster")
    assert cluster["DeletionProtection"] is True
    assert cluster["StorageEncrypted"] == unless_restored(True)
    assert cluster["ServerlessV2ScalingConfiguration"]["MinCapacity"] == 0
    assert cluster["ServerlessV2ScalingConfiguration"]["SecondsUntilAutoPause"] == 300
    assert stack.properties("DatabaseSettings")["Parameters"]["require_secure_transport"] == "ON"
    assert stack.properties("DatabaseInstance")["PubliclyAccessible"] is False


def test_there_is_only_a_network_with_aurora(stack: Stack) -> None:
    found = stack.of("AWS::EC2::", "AWS::RDS::")
    assert found
    assert {one.get("Condition") for one in found.values()} == {"IsAurora"}


def test_the_network_costs_nothing_at_rest(stack: Stack) -> None:
    assert not stack.of("AWS::EC2::NatGateway", "AWS::EC2::EIP", "AWS::SecretsManager::")
    endpoints = stack.of("AWS::EC2::VPCEndpoint").values()
    assert {one["Properties"]["VpcEndpointType"] for one in endpoints} == {"Gateway"}


def test_the_courier_only_exists_with_the_network(stack: Stack) -> None:
    names = (COURIER.resource, COURIER.role, COURIER.log_group, f"{COURIER.resource}ErrorAlarm")
    assert {stack.resources[name]["Condition"] for name in names} == {"IsAurora"}


def test_from_the_network_functions_reach_the_database_and_https_only(stack: Stack) -> None:
    rules = stack.properties("FunctionGroup")["SecurityGroupEgress"]
    assert sorted(one["FromPort"] for one in rules) == [443, 443, 3306]
    assert all(one["FromPort"] == one["ToPort"] for one in rules)


@each_function
def test_functions_are_in_the_network_only_with_the_database(
    stack: Stack, function: Function
) -> None:
    if function is COURIER:
        assert "VpcConfig" not in stack.properties(function.resource)
        return
    kind, inside, outside = stack.properties(function.resource)["VpcConfig"]["Fn::If"]
    assert kind == "IsAurora"
    assert inside["Ipv6AllowedForDualStack"] is True  # there is no other way out
    assert outside == {"Ref": "AWS::NoValue"}


def test_the_bucket_is_as_its_page_says(stack: Stack) -> None:
    bucket = stack.properties("Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["BucketEncryption"]
    post, get = bucket["CorsConfiguration"]["CorsRules"]
    assert post["AllowedMethods"] == ["POST"]
    assert post["AllowedOrigins"] != ["*"]
    assert (get["AllowedMethods"], get["AllowedOrigins"]) == (["GET", "HEAD"], ["*"])
    rules = bucket["LifecycleConfiguration"]["Rules"]
    # Only uploads expire by age: S3 does not know whether an image is in use.
    assert [one["Prefix"] for one in rules if "ExpirationInDays" in one] == ["uploads/"]


def test_cloudfront_reads_only_images(stack: Stack) -> None:
    statements = [one for one in stack.statements("BucketPolicy") if one["Effect"] == "Allow"]
    (statement,) = statements
    assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert statement["Action"] == "s3:GetObject"
    assert texts(statement["Resource"]) == ["${Bucket.Arn}/images/*"]
    assert "AWS:SourceArn" in statement["Condition"]["StringEquals"]


def test_images_are_images_only_and_readable_for_scripts_of_all_sites(stack: Stack) -> None:
    behavior = stack.properties("Distribution")["DistributionConfig"]["DefaultCacheBehavior"]
    assert behavior["ResponseHeadersPolicyId"] == {"Ref": "PictureHeaders"}
    config = stack.properties("PictureHeaders")["ResponseHeadersPolicyConfig"]
    security = config["SecurityHeadersConfig"]
    assert security["ContentTypeOptions"] == {"Override": True}  # nosniff
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 365 * 24 * 3600
    policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert config["CorsConfig"]["AccessControlAllowOrigins"] == {"Items": ["*"]}
    assert config["CorsConfig"]["AccessControlAllowCredentials"] is False


# Alarms


def alarms(stack: Stack, metric: str) -> list[dict[str, object]]:
    found = [one["Properties"] for one in stack.of("AWS::CloudWatch::Alarm").values()]
    return [one for one in found if one["MetricName"] == metric]


@each_queue
def test_each_queue_has_alarms(stack: Stack, queue: Queue) -> None:
    for metric, resource in (
        ("ApproximateNumberOfMessagesVisible", queue.dead),
        ("ApproximateAgeOfOldestMessage", queue.resource),
    ):
        name = [{"Name": "QueueName", "Value": {"Fn::GetAtt": [resource, "QueueName"]}}]
        assert len([one for one in alarms(stack, metric) if one["Dimensions"] == name]) == 1


@each_function
def test_each_function_has_an_alarm(stack: Stack, function: Function) -> None:
    name = [{"Name": "FunctionName", "Value": {"Ref": function.resource}}]
    assert len([one for one in alarms(stack, "Errors") if one["Dimensions"] == name]) == 1


@pytest.mark.parametrize("metric", ["Throttles", "5XXError", "Reputation.BounceRate", "Reputation.ComplaintRate"])  # fmt: skip
def test_there_is_one_alarm_for_each_shared_condition(stack: Stack, metric: str) -> None:
    assert len(alarms(stack, metric)) == 1


def test_every_alarm_notifies_and_has_a_description(stack: Stack) -> None:
    for one in stack.of("AWS::CloudWatch::Alarm").values():
        assert one["Properties"]["AlarmActions"] == [{"Ref": "AlarmTopic"}]
        assert one["Properties"]["AlarmDescription"].endswith(".")
        assert one["Properties"]["TreatMissingData"] == "notBreaching"  # without use


def test_the_dashboard_is_json(stack: Stack) -> None:
    body = json.loads(stack.properties("Dashboard")["DashboardBody"]["Fn::Sub"])
    assert len(body["widgets"]) > 4


# Hand-written parts


def test_no_part_repeats_another() -> None:
    whole = fragments.read()
    with pytest.raises(ValueError, match="Bucket already"):
        fragments.add(whole, {"Resources": {"Bucket": {}}}, "other.yml")


def test_a_part_has_only_known_sections() -> None:
    with pytest.raises(ValueError, match="Resource is not a section"):
        fragments.add({}, {"Resource": {}}, "other.yml")


def test_every_queue_has_one_consumer() -> None:
    assert sorted(functions.visibility(queue) for queue in QUEUES) == [360] * 5
