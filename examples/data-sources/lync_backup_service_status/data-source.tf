# Either pool of the pair will do.
data "lync_backup_service_status" "paris_lyon" {
  pool = "pool-paris.contoso.com"
}

# A warning, with every plan and apply, while the pair is not ready for a failover.
check "paris_lyon_is_backed_up" {
  assert {
    condition = data.lync_backup_service_status.paris_lyon.healthy
    error_message = join("\n", flatten([
      for pool, status in data.lync_backup_service_status.paris_lyon.pools : [for problem in status.problems : "${pool}: ${problem}"]
    ]))
  }
}
