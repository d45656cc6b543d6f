# The three sites as they are, planned on the topology document.
run "the_document_has_what_the_sites_tell" {
  command = plan

  assert {
    condition     = length(lync_pool_pair.all) == 1
    error_message = "Paris and Lyon are one pair."
  }
}
