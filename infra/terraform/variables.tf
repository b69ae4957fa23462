# The template's parameters, written by `python -m infra.aws.terraform`; do not change it by hand.

variable "stage" {
  type        = string
  description = "Part of all names, so that several deployments fit into one account."
  default     = "prod"
}

variable "system" {
  type        = string
  description = "Slug of the system that this deployment works for (OPENBADGER_SYSTEM)."
}

variable "access_list" {
  type        = string
  description = "JSON array of regular expressions; whoever's whole e-mail address matches one is an administrator. Empty means that the parameter ACCESS_LIST says it."
  default     = null
}

variable "mail_from" {
  type        = string
  description = "Sender of all mails, a plain address."
}

variable "mail_identity" {
  type        = string
  description = "What SES is to verify, the sender's address or its whole domain; existing if SES knows either already."
  default     = null
}

variable "alarm_mail" {
  type        = string
  description = "Address that alarms are mailed to. Empty means nobody."
  default     = null
}

variable "domain_name" {
  type        = string
  description = "Host name that people see, such as badges.example.org. Empty means API Gateway's own."
  default     = null
}

variable "certificate_arn" {
  type        = string
  description = "Certificate of that name, in ACM, in the region of the stack. Empty means that the stack makes one, which takes a HostedZone."
  default     = null
}

variable "hosted_zone" {
  type        = string
  description = "Id of the zone of DomainName in Route 53, and of the sender's domain with MailIdentity=domain; their records are made there. Empty means that you make them."
  default     = null
}

variable "database" {
  type        = string
  description = "A MySQL that is there already (the parameters DATABASE_* tell where), or an Aurora Serverless of its own, which pauses while nobody needs it."
  default     = null
}

variable "database_certificates" {
  type        = string
  description = "Who must have signed the certificate of an existing database; aws is for RDS and Aurora; none means nobody, and is for trials on one machine."
  default     = null
}

variable "database_capacity" {
  type        = number
  description = "Aurora's capacity units at the most; one is some 2 GB of memory."
  default     = null
}

variable "database_version" {
  type        = string
  description = "Aurora's version; those since 3.08 can pause."
  default     = null
}

variable "database_snapshot" {
  type        = string
  description = "Snapshot of a cluster that Aurora begins with; once said, it stays. Empty means an empty database."
  default     = null
}

variable "aurora_sweep" {
  type        = string
  description = "How often work that got stuck is looked for with Database=aurora; each time wakes the database up."
  default     = null
}

variable "log_days" {
  type        = number
  description = "For how many days logs are kept."
  default     = null
}

variable "requests_per_second" {
  type        = number
  description = "How many requests are let through in a second."
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
