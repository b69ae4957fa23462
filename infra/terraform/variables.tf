# The template's parameters, written by `python -m infra.aws.terraform`; do not change it by hand.

variable "stage" {
  type        = string
  description = "Part of all resource names, so that one account can hold several deployments."
  default     = "prod"
}

variable "system" {
  type        = string
  description = "Slug of the system that this deployment serves (OPENBADGER_SYSTEM)."
}

variable "access_list" {
  type        = string
  description = "JSON array of regular expressions. A user whose whole email address matches one of them is an administrator. Empty means that the parameter ACCESS_LIST is used."
  default     = null
}

variable "mail_from" {
  type        = string
  description = "Sender of all emails, an address without a display name."
}

variable "mail_identity" {
  type        = string
  description = "What SES verifies, the sender's address or its whole domain. Use existing if either is already verified."
  default     = null
}

variable "alarm_mail" {
  type        = string
  description = "Email address that alarms are sent to. Empty means that none are sent."
  default     = null
}

variable "domain_name" {
  type        = string
  description = "Public host name, such as badges.example.org. Empty means API Gateway's own."
  default     = null
}

variable "certificate_arn" {
  type        = string
  description = "ACM certificate for DomainName, in the stack's region. Empty means that the stack creates one, which requires HostedZone."
  default     = null
}

variable "hosted_zone" {
  type        = string
  description = "Id of the Route 53 zone of DomainName, and of the sender's domain with MailIdentity=domain. Their records are created there. Empty means that you create them."
  default     = null
}

variable "database" {
  type        = string
  description = "An existing MySQL database (its address is in the parameters DATABASE_*), or an Aurora Serverless one that the stack creates and that pauses when idle."
  default     = null
}

variable "database_certificates" {
  type        = string
  description = "Certificate authorities trusted for an existing database. Use aws for RDS and Aurora; none does not verify the certificate and is only for trials on one machine."
  default     = null
}

variable "database_capacity" {
  type        = number
  description = "Maximum number of Aurora capacity units. One unit has about 2 GB of memory."
  default     = null
}

variable "database_version" {
  type        = string
  description = "Aurora version. Versions from 3.08 on can pause."
  default     = null
}

variable "database_snapshot" {
  type        = string
  description = "Cluster snapshot that Aurora is created from. Once set, it must stay. Empty means an empty database."
  default     = null
}

variable "aurora_sweep" {
  type        = string
  description = "How often to look for stuck jobs with Database=aurora. Each run wakes the database."
  default     = null
}

variable "log_days" {
  type        = number
  description = "Number of days that logs are kept."
  default     = null
}

variable "requests_per_second" {
  type        = number
  description = "Maximum number of requests per second."
  default     = null
}

locals {
  chosen = {
    Stage                = var.stage
    System               = var.system
    AccessList           = var.access_list
    MailFrom             = var.mail_from
    MailIdentity         = var.mail_identity
    AlarmMail            = var.alarm_mail
    DomainName           = var.domain_name
    CertificateArn       = var.certificate_arn
    HostedZone           = var.hosted_zone
    Database             = var.database
    DatabaseCertificates = var.database_certificates
    DatabaseCapacity     = var.database_capacity
    DatabaseVersion      = var.database_version
    DatabaseSnapshot     = var.database_snapshot
    AuroraSweep          = var.aurora_sweep
    LogDays              = var.log_days
    RequestsPerSecond    = var.requests_per_second
  }
}
