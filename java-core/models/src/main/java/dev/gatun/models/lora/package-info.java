/** Low-rank adapters of models. */
package dev.gatun.models.lora;
