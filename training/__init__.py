"""Trains the embedded spatial VLM: data set in, ONNX graphs out. See README.md."""
