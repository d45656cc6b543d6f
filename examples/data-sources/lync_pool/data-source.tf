data "lync_pool" "paris" {
  fqdn = "pool-paris.contoso.com"
}

output "paris" {
  value = "${data.lync_pool.paris.version}, ${data.lync_pool.paris.edition}, in ${data.lync_pool.paris.site}"
}
