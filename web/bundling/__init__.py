"""What build.py is made of, each module one job.

settings, errors, digests, files, programs   what all of them use
cache            folders of what was made before, checked before each use
python_tools     the tools that are Python packages
node, registries    Node, and packages of npm and Python, each checked against its pin
pyodide          the files of the pinned Pyodide
pyodide_in_node  programs that run Pyodide in Node, alone: compile-stdlib, resolve-packages, make-snapshot
packages         what the hub may import besides the standard library
memory_image     the memory of a Python in which the hub has started
hub, pages, scripts    the parts of a bundle that are ours
version, naming  how a bundle and its folders are called
compression      the copies for hosts with static compression
"""
