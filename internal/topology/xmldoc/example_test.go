package xmldoc_test

import (
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

const shelf = `<?xml version='1.0'?>
<!-- Quotes, white space and comments stay as they are. -->
<s:shelf xmlns:s="urn:example:shelf"  owner = 'Zoë &amp; Max'>
    <s:book id="1" title="Dune"/>
</s:shelf>
`

// A change of one attribute leaves the rest of the document byte for byte.
func ExampleDocument_Bytes() {
	doc, err := xmldoc.Parse([]byte(shelf))
	if err != nil {
		fmt.Println(err)
		return
	}
	book := doc.Root().Child("urn:example:shelf", "book")
	from, to := book.Range()
	edited := book.Clone()
	edited.SetAttr("title", "Emma")
	fmt.Printf("%s", doc.Bytes(xmldoc.Edit{From: from, To: to, Text: edited.String()}))
	// Output:
	// <?xml version='1.0'?>
	// <!-- Quotes, white space and comments stay as they are. -->
	// <s:shelf xmlns:s="urn:example:shelf"  owner = 'Zoë &amp; Max'>
	//     <s:book id="1" title="Emma"/>
	// </s:shelf>
}

// A new element takes the indentation and the prefix of its neighbour.
func ExampleWriter() {
	doc, err := xmldoc.Parse([]byte(shelf))
	if err != nil {
		fmt.Println(err)
		return
	}
	root := doc.Root()
	neighbour := root.LastChild("urn:example:shelf", "book")

	space := root.SpaceBefore(neighbour)
	w := xmldoc.NewWriter(root, xmldoc.StyleOf(space, neighbour))
	w.Element(neighbour.Prefix()+"book", []string{"id", "2", "title", `"A" & "B"`}, nil)
	book, err := w.Done()
	if err != nil {
		fmt.Println(err)
		return
	}
	_, end := neighbour.Range()
	fmt.Printf("%s", doc.Bytes(xmldoc.Edit{From: end, To: end, Text: space + book.String()}))
	// Output:
	// <?xml version='1.0'?>
	// <!-- Quotes, white space and comments stay as they are. -->
	// <s:shelf xmlns:s="urn:example:shelf"  owner = 'Zoë &amp; Max'>
	//     <s:book id="1" title="Dune"/>
	//     <s:book id="2" title="&#34;A&#34; &amp; &#34;B&#34;" />
	// </s:shelf>
}
