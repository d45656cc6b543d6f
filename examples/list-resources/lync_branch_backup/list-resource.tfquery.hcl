# The appliances of a central site that no resource lync_branch_backup.all has yet.
list "lync_branch_backup" "paris" {
  provider = lync
  limit    = 1000

  config {
    site    = "Paris"
    exclude = values(lync_branch_backup.all)[*].id
  }
}
