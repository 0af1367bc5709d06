package dev.gatun.graph;

/** A persistent tensor of a session, one per open sequence; ops refer to it by name. */
public record State(String name, StateSpec spec) {}
