"""Places where a run is trained: this machine, `torchrun`, Slurm, SkyPilot, Kubernetes. No SDKs."""
