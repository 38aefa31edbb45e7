"""What chapters show: figures and widgets. Data comes from plain functions, which are tested."""
