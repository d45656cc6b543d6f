// Package topology reads and edits the topology document of Lync Server and Skype for Business Server. It parses a
// published document of any version, returns a model of it, and edits backup relationships in place.
//
// A [Document] is immutable. An [Editor] applies edits in sequence. Each edit results in a new Document that shares all
// unchanged elements with the old one, so that everything this package does not know stays as it is, byte for byte. The
// package does no I/O.
//
// The format follows real documents of Lync Server 2013, Skype for Business Server 2015 and 2019. The kind of a pool
// follows from the roles of the services that are installed on its cluster. The components that these services list
// do not matter.
package topology
