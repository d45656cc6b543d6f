# All pairs that no resource lync_pool_pair.all has yet.
list "lync_pool_pair" "new" {
  provider = lync
  limit    = 1000

  config {
    exclude = values(lync_pool_pair.all)[*].id
  }
}

# Those of one site and one version.
list "lync_pool_pair" "paris" {
  provider = lync

  config {
    site    = "Paris"
    version = "Lync Server 2013"
  }
}
