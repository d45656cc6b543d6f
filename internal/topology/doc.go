// Package topology understands the topology document of Lync Server and Skype for Business Server: it parses a
// published document of any version, shows a model of it, and edits backup relationships in place.
//
// A Document never changes. An edit returns a new Document that shares everything it did not touch with the old one,
// so whatever this package does not understand is kept to the byte. All functions are pure: bytes in, bytes out.
//
// The format is described where it was seen in real documents of Lync Server 2013, Skype for Business Server 2015
// and 2019. Kinds of pools are told by the roles of the services installed on a cluster, never by the components
// those services list.
package topology
