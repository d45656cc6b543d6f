package main

import (
	"context"
	"fmt"
	"os/exec"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// measureStart compares the time from the start of the process to the schemas with that of the floor.
func measureStart(t *table, s sizes, c contenders) error {
	var ours, floor cost
	for range s.starts {
		for with, best := range map[contender]*cost{c.lync: &ours, c.floor: &floor} {
			took, err := start(with)
			if err != nil {
				return fmt.Errorf("start %s: %w", with.name, err)
			}
			*best = least(*best, took)
		}
	}
	t.duration("start to GetProviderSchema, CPU / floor", ours.cpu, floor.cpu, 1.5)
	t.duration("start to GetProviderSchema, wall time / floor", ours.wall, floor.wall, 1.5)
	return nil
}

// start starts a provider as Terraform does, calls GetProviderSchema, and stops it.
func start(with contender) (cost, error) {
	command := exec.CommandContext(context.Background(), with.path)
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: plugin.HandshakeConfig{
			MagicCookieKey:   "TF_PLUGIN_MAGIC_COOKIE",
			MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		},
		VersionedPlugins: map[int]plugin.PluginSet{6: {"provider": &connection{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Cmd:              command, Logger: hclog.NewNullLogger(), SyncStderr: nil,
	})
	began := time.Now()
	err := schemas(client)
	wall := time.Since(began)
	client.Kill()
	c := costOf(command, began)
	c.wall = wall
	return c, err
}

// schemas calls GetProviderSchema. It does not decode the response.
func schemas(client *plugin.Client) error {
	protocol, err := client.Client()
	if err != nil {
		return err
	}
	dispensed, err := protocol.Dispense("provider")
	if err != nil {
		return err
	}
	conn := dispensed.(*grpc.ClientConn) //nolint:forcetypeassert // it is the one of connection
	return conn.Invoke(context.Background(), "/tfplugin6.Provider/GetProviderSchema", &emptypb.Empty{},
		&emptypb.Empty{}, grpc.MaxCallRecvMsgSize(64<<20))
}

// connection is a plugin whose client is the connection itself.
type connection struct{ plugin.NetRPCUnsupportedPlugin }

// GRPCServer fails: the providers are other processes.
func (*connection) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return fmt.Errorf("this process serves no provider")
}

// GRPCClient returns the connection.
func (*connection) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}
