// The peer of `./wenming bench gateway`: grpc-gateway as its own documents set it up, in front of the same back end.
//
//   peer BACK_END_HOST:PORT
//
// Prints its port and serves until its standard input ends.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/grpc-ecosystem/grpc-gateway/runtime"
	"google.golang.org/grpc"
	"peer/things"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	mux := runtime.NewServeMux()
	must(things.RegisterThingsServiceHandlerFromEndpoint(
		context.Background(), mux, os.Args[1], []grpc.DialOption{grpc.WithInsecure()}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	must(http.Serve(listener, mux))
}
