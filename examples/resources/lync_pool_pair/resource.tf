resource "lync_pool_pair" "paris_lyon" {
  pools = ["pool-paris.contoso.com", "pool-lyon.contoso.com"]

  # These are the defaults.
  automatic_failover          = true
  failure_detection_interval  = "5m"
  failback_detection_interval = "10m"
}

# One direction differs: when fe-denver fails, an administrator starts the failover.
resource "lync_pool_pair" "boston_denver" {
  pools = ["fe-boston.contoso.com", "fe-denver.contoso.com"]

  per_pool = {
    "fe-denver.contoso.com" = { automatic_failover = false }
  }
}
