package provider

import (
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// subscriptionEdition is the remark about Skype for Business Server Subscription Edition after the name of the version
// that it is assumed to have. Its first release is an update in place of 2019. No document of it was seen.
const subscriptionEdition = "also Skype for Business Server Subscription Edition, which is assumed to have the same " +
	"service version"

// versionNames is the sentence that lists the values of version. The last one is an example for a version that the
// provider does not know.
func versionNames() string {
	var names strings.Builder
	for _, version := range topology.KnownVersions() {
		names.WriteString("`" + topology.VersionName(version) + "`")
		if version == topology.Version2019 {
			names.WriteString(" (" + subscriptionEdition + ")")
		}
		names.WriteString(", ")
	}
	return names.String() + "or a name such as `" + topology.VersionName(topology.Version2019+1) + "` for another one."
}
