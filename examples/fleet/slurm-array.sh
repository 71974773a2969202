#!/usr/bin/env bash
# Annotates a folder of recordings as a Slurm array job: each task takes its part of them.
#
#   sbatch --array=1-16 slurm-array.sh runs/ pick.yaml out/ --vlm http://vlm-server:8000/v1#my-model
#
# The folders lie on a disk that all nodes see. Every task runs the same command. A task that is
# preempted, killed or waits for its model in vain goes on where it stopped when it runs again; what is
# done is not done twice. When all have ended, sum up and join the rows:
#
#   sbatch --dependency=afterany:JOB_ID --wrap "spatial-reward merge out/ -o all.jsonl"
#
#SBATCH --job-name=annotate
#SBATCH --array=1-16
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --requeue
#SBATCH --signal=TERM@60
#SBATCH --open-mode=append
#SBATCH --output=annotate-%A_%a.log
set -euo pipefail

recordings=${1:?usage: sbatch slurm-array.sh RECORDINGS TASK OUTPUT [options of annotate]}
task=${2:?the task file is missing}
output=${3:?the output folder is missing}

code=0
srun spatial-reward annotate "$recordings" --task "$task" --output "$output" \
  --shard array --resume "${@:4}" || code=$?

# 75: the model was away for longer than --wait. Slurm starts the task again, later.
if [ "$code" -eq 75 ]; then
  exec scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
