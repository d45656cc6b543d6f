# Either pool of the pair will do.
data "lync_pool_pair" "lyon" {
  pool = "pool-lyon.contoso.com"
}

output "is_complete" {
  value = data.lync_pool_pair.lyon.complete
}
