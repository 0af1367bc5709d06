/** What happens to a result before it is stored: the elementwise nodes that follow a node. */
package dev.gatun.engine.finish;
