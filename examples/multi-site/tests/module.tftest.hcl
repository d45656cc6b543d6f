# tests/module.tftest.hcl
# Tests the module and the pairs of its sites without a document: the provider is mocked, its function is not.
mock_provider "lync" {
  mock_data "lync_pool" {
    defaults = { kind = "front_end" }
  }
}

run "three_sites" {
  variables {
    sites = {
      paris  = { pool = "pool-paris.contoso.com", partner = "pool-lyon.contoso.com", appliances = ["sba-nantes.contoso.com"] }
      lyon   = { pool = "pool-lyon.contoso.com", partner = "pool-paris.contoso.com" }
      boston = { pool = "fe-boston.contoso.com", partner = null }
    }
  }

  assert {
    condition     = output.pairs == ["pool-lyon.contoso.com,pool-paris.contoso.com"]
    error_message = "Paris and Lyon are one pair, once."
  }
  assert {
    condition     = output.without_partner == ["boston"]
    error_message = "Boston has no partner."
  }
}

run "three_hundred_sites" {
  command = plan

  variables {
    sites = {
      for i in range(300) : format("s%03d", i) => {
        pool       = format("pool-%03d.contoso.com", i)
        partner    = format("POOL-%03d.contoso.com.", i % 2 == 0 ? i + 1 : i - 1)
        appliances = [for n in ["a", "b"] : format("sba-%03d%s.contoso.com", i, n)]
      }
    }
  }

  assert {
    condition     = length(output.pairs) == 150
    error_message = "300 sites, each with a partner, are 150 pairs."
  }
  assert {
    condition     = length(output.without_partner) == 0
    error_message = "Every site has a partner."
  }
}

run "no_sites" {
  command = plan

  variables {
    sites = {}
  }

  assert {
    condition     = length(output.pairs) == 0
    error_message = "No sites, no pairs."
  }
}

run "one_pool_in_two_sites" {
  command = plan

  variables {
    sites = {
      paris = { pool = "pool-paris.contoso.com" }
      lutce = { pool = "Pool-Paris.contoso.com." }
    }
  }

  expect_failures = [var.sites]
}

run "nothing_told_of_a_site" {
  command = plan

  variables {
    sites = {
      paris  = null
      boston = { pool = "fe-boston.contoso.com" }
    }
  }

  expect_failures = [var.sites]
}

run "one_appliance_in_two_sites" {
  command = plan

  variables {
    sites = {
      paris = { pool = "pool-paris.contoso.com", appliances = ["sba-nantes.contoso.com"] }
      lyon  = { pool = "pool-lyon.contoso.com", appliances = ["SBA-Nantes.contoso.com."] }
    }
  }

  expect_failures = [var.sites]
}

run "appliances_of_a_site" {
  command = plan

  module {
    source = "./modules/site"
  }
  variables {
    name       = "paris"
    pool       = "pool-paris.contoso.com"
    partner    = null
    appliances = ["SBA-Nantes.contoso.com.", "sba-nantes.contoso.com", "sba-rennes.contoso.com"]
  }

  assert {
    condition     = keys(lync_branch_backup.appliance) == ["sba-nantes.contoso.com", "sba-rennes.contoso.com"]
    error_message = "The spelling of an appliance makes no second one."
  }
}

run "pool_without_a_domain" {
  command = plan

  module {
    source = "./modules/site"
  }
  variables {
    name = "paris"
    pool = "pool-paris"
  }

  expect_failures = [var.pool]
}

run "no_pool" {
  command = plan

  module {
    source = "./modules/site"
  }
  variables {
    name = "paris"
    pool = null
  }

  expect_failures = [var.pool]
}

run "no_front_end_pool" {
  command = plan

  module {
    source = "./modules/site"
  }
  override_data {
    target = data.lync_pool.own
    values = { kind = "director" }
  }
  variables {
    name = "paris"
    pool = "dir-paris.contoso.com"
  }

  expect_failures = [data.lync_pool.own]
}

run "partner_of_itself" {
  command = plan

  module {
    source = "./modules/site"
  }
  variables {
    name         = "paris"
    pool         = "pool-paris.contoso.com"
    partner      = "POOL-PARIS.contoso.com."
    partner_site = { name = "paris", partner = "POOL-PARIS.contoso.com." }
  }

  expect_failures = [var.partner]
}

run "partner_of_no_site" {
  command = plan

  module {
    source = "./modules/site"
  }
  variables {
    name         = "paris"
    pool         = "pool-paris.contoso.com"
    partner      = "pool-lyom.contoso.com"
    partner_site = null
  }

  expect_failures = [var.partner]
}

run "partner_of_another_site" {
  command = plan

  module {
    source = "./modules/site"
  }
  variables {
    name         = "paris"
    pool         = "pool-paris.contoso.com"
    partner      = "pool-lyon.contoso.com"
    partner_site = { name = "lyon", partner = "fe-nice.contoso.com" }
  }

  expect_failures = [var.partner]
}

run "pool_among_the_appliances" {
  command = plan

  module {
    source = "./modules/site"
  }
  variables {
    name         = "paris"
    pool         = "pool-paris.contoso.com"
    partner      = "pool-lyon.contoso.com"
    partner_site = { name = "lyon", partner = "pool-paris.contoso.com" }
    appliances   = ["Pool-Lyon.contoso.com"]
  }

  expect_failures = [var.appliances]
}

run "appliance_without_a_name" {
  command = plan

  module {
    source = "./modules/site"
  }
  variables {
    name       = "paris"
    pool       = "pool-paris.contoso.com"
    appliances = ["sba-nantes.contoso.com", null]
  }

  expect_failures = [var.appliances]
}
