// Exists to own the precompiled gRPC headers that other targets reuse.
