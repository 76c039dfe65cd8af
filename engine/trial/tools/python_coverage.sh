#!/bin/sh
# The interpreter of this name, which finds our sitecustomize first whatever the command before it
# has made of PYTHONPATH.
PYTHONPATH=@FOLDER@/python${PYTHONPATH:+:$PYTHONPATH} exec @REAL@ "$@"
